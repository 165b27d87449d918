import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { instantiate, loadUsearch } from './module.ts'
import { refuses } from './testing/refuses.ts'

const file = new URL('../assets/usearch.wasm', import.meta.url)

describe('loadUsearch', () => {
  let bytes: Buffer<ArrayBuffer>
  let server: Server
  let url: string

  beforeAll(async () => {
    bytes = await readFile(file)
    server = createServer((request, response) => {
      if (request.url === '/usearch.wasm') response.end(bytes)
      else if (request.url === '/half.wasm') response.end(bytes.subarray(0, bytes.length / 2))
      else response.writeHead(404).end('<html>')
    })
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => server.close())

  it('takes a URL, a response, bytes or a module', async () => {
    const sources = [file, file.href, `${url}/usearch.wasm`, await fetch(`${url}/usearch.wasm`), bytes, bytes.buffer]
    for (const source of sources) expect(await loadUsearch(source)).toBeInstanceOf(WebAssembly.Module)
    const module = await loadUsearch(bytes)
    expect(await loadUsearch(module)).toBe(module)
  })

  it('loads its own file once', async () => {
    expect(await loadUsearch()).toBe(await loadUsearch())
  })

  it('names the file that cannot be loaded', async () => {
    for (const name of ['missing.wasm', 'half.wasm']) {
      await refuses(() => loadUsearch(`${url}/${name}`), 'load_failed')
      await expect(loadUsearch(`${url}/${name}`)).rejects.toThrow(name)
    }
    await refuses(async () => loadUsearch(await fetch(`${url}/missing.wasm`)), 'load_failed')
    await refuses(() => loadUsearch(new URL('absent.wasm', file)), 'load_failed')
    await refuses(() => loadUsearch(new Uint8Array(10)), 'load_failed')
  })

  it('starts copies with a memory each, and no larger than it is told', async () => {
    const module = await loadUsearch()
    const [one, other] = [await instantiate(module, { maximumBytes: 2 ** 21 }), await instantiate(module)]
    expect(one.memory).not.toBe(other.memory)
    expect(() => one.memory.grow(17)).toThrow(RangeError)
    other.memory.grow(17)
  })
})
