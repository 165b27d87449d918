import { connect, type Socket } from 'node:net'

/** A bare connection, for what no well-behaved client would send. */
export interface RawConnection {
  readonly socket: Socket
  write(text: string): void
  /** Everything that came until the other side closed. */
  readonly received: Promise<string>
}

export function openConnection(port: number): Promise<RawConnection> {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  socket.setEncoding('latin1').on('data', (piece: string) => (text += piece))
  const received = new Promise<string>((resolve) => {
    // An abrupt end is an end, too.
    socket.on('error', () => undefined).on('close', () => resolve(text))
  })
  return new Promise((resolve) => {
    const connection = { socket, write: (more: string) => void socket.write(more, 'latin1'), received }
    socket.once('connect', () => resolve(connection)).once('close', () => resolve(connection))
  })
}

/** Sends bytes as they are and gives what comes back until the other side closes. */
export async function sendRaw(port: number, bytes: string): Promise<string> {
  const { write, received } = await openConnection(port)
  write(bytes)
  return received
}
