/** Serves the built kiosk on this machine: `node serve.ts`, at the port that PORT says, or 4173. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { createKioskServer } from './server.ts'

const server = createKioskServer(path.join(import.meta.dirname, 'dist'), process.env['VITE_KIOSK_CLOUD'])
try {
  server.listen(Number(process.env['PORT'] ?? 4173), 'localhost')
  await once(server, 'listening')
  console.log(`The kiosk is at http://localhost:${(server.address() as AddressInfo).port}/ (stop it with Ctrl+C)`)
} catch (error) {
  console.error(`The kiosk cannot be served: ${(error as Error).message}. Choose another port with PORT=8080.`)
  process.exitCode = 1
}
