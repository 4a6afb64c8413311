const load = () => require('ws')
module.exports = new Proxy(class {}, {
  construct: (_, args) => new (load())(...args),
  get: (_, name) => (name === '__esModule' ? undefined : load()[name]),
})
