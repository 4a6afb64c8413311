module.exports = { setInterval, clearInterval }
