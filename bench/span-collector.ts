import { createServer } from 'node:http'

/** A collector that takes all that comes and keeps nothing, in a process of its own so that its work is not counted. */
const server = createServer((request, response) => {
  request.resume()
  request.on('end', () => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end())
})
server.listen(Number(process.env['PORT']), '127.0.0.1', () => process.stdout.write('ready\n'))
process.once('disconnect', () => process.exit(0))
