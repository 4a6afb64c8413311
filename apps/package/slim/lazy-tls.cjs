module.exports = {
  get connect() {
    return require('node:tls').connect
  },
}
