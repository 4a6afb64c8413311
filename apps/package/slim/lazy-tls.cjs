const load = () => require('node:tls')
module.exports = new Proxy({}, { get: (_, name) => (name === '__esModule' ? undefined : load()[name]) })
