import { connect } from 'node:net'

/** A container's health check for what speaks no HTTP: ends with 0 when the port takes a connection. */
const socket = connect({ host: '127.0.0.1', port: Number(process.argv[2]), timeout: 4_000 })
socket.once('connect', () => process.exit(0))
socket.once('timeout', () => process.exit(1))
socket.once('error', () => process.exit(1))
