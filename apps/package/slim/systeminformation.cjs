const { currentLoad, cpuTemperature } = require('systeminformation/lib/cpu.js')
const { mem } = require('systeminformation/lib/memory.js')
module.exports = { currentLoad, cpuTemperature, mem }
