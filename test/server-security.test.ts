import { createMatcher, type FaceMatcher } from '@visavis/core'
import { createRecognizer } from '@visavis/core/tfjs'
import { createServer } from '@visavis/server'
import fc from 'fast-check'
import { createServer as createHttpServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { faceFile, otherFaceFile } from './support/face-file.ts'
import { openConnection, sendRaw, type RawConnection } from './support/raw-connection.ts'
import { facePath, startTestServer, tokens, type Answer, type TestServer } from './support/test-server.ts'

let matcher: FaceMatcher
let server: TestServer
let probe: string

const searchPath = `${facePath}/search/crops`

beforeAll(async () => {
  matcher = await createMatcher({ recognizer: await createRecognizer() })
  await matcher.persons.create({ id: 'ada-0001', name: 'Ada', images: [await faceFile('Ada')] })
  probe = (await otherFaceFile('Ada')).toString('base64')
  server = await startTestServer(matcher, {
    limits: { bodyBytes: 1_000_000, bodyMilliseconds: 4_000, headMilliseconds: 4_000, pixels: 4_000_000 },
  })
})

afterAll(async () => {
  await server?.listener.close()
  await matcher?.close()
})

const searchFor = (image: string, to: TestServer = server): Promise<Answer> =>
  to.send('POST', searchPath, { body: { images: [image], min_score: 0.7, search_mode: 'FAST' } })

async function expectFound(to: TestServer = server): Promise<void> {
  const { status, body } = await searchFor(probe, to)
  expect({ status, names: (body['data'] as { name: string }[])?.map(({ name }) => name) }).toEqual({
    status: 200,
    names: ['Ada'],
  })
}

async function expectUnharmed(): Promise<void> {
  await expectFound()
  expect((await matcher.persons.list()).persons.map(({ id, name }) => [id, name])).toEqual([['ada-0001', 'Ada']])
}

// Whatever was tried, the next honest request is served, and nobody was added, changed or removed.
afterEach(expectUnharmed)

describe('who has no right', () => {
  it.each<[string, Record<string, string>, number, string]>([
    ['no token', {}, 401, 'Authentication required'],
    ['a wrong token', { authorization: 'Bearer wrong' }, 401, 'Authentication required'],
    ['a part of a token', { authorization: `Bearer ${tokens.all.slice(0, -1)}` }, 401, 'Authentication required'],
    ['a token and more', { authorization: `Bearer ${tokens.all}x` }, 401, 'Authentication required'],
    ['two tokens', { authorization: `Bearer ${tokens.all}, Bearer x` }, 401, 'Authentication required'],
    ['a token in another scheme', { authorization: `Basic ${btoa(`:${tokens.all}`)}` }, 401, 'Authentication required'],
    [
      'a token in other headers',
      { 'x-api-key': tokens.all, cookie: `token=${tokens.all}` },
      401,
      'Authentication required',
    ],
    ['an expired token', { authorization: `Bearer ${tokens.expired}` }, 403, 'token_expired'],
  ])('is refused with %s, on every endpoint', async (_, headers, status, message) => {
    const { body } = await server.send('GET', '/openapi.json', { token: null })
    const paths = body['paths'] as Record<string, object>
    let tried = 0
    for (const [path, methods] of Object.entries(paths)) {
      for (const method of Object.keys(methods)) {
        const answer = await server.send(method.toUpperCase(), path.replace('{id}', 'ada-0001'), {
          token: null,
          headers,
        })
        expect(answer).toMatchObject({ status, body: { message } })
        expect(answer.text).not.toContain('Ada')
        tried++
      }
    }
    expect(tried).toBeGreaterThan(20)
  })

  it.each([
    ['POST', `${facePath}/persons`],
    ['PUT', `${facePath}/persons/ada-0001`],
    ['DELETE', `${facePath}/persons/ada-0001`],
    ['POST', `${facePath}/collections`],
    ['PUT', `${facePath}/collections/any`],
    ['DELETE', `${facePath}/collections/any`],
  ])('is refused with a token that may only read: %s %s', async (method, path) => {
    const body = method === 'DELETE' ? {} : { body: { name: 'Mallory', images: [probe] } }
    expect(await server.send(method, path, { token: tokens.read, ...body })).toMatchObject({
      status: 403,
      body: { message: 'Access forbidden', code: 'Forbidden' },
    })
  })

  it('may read with a token that may only read', async () => {
    const body = { images: [probe], min_score: 0.7, search_mode: 'FAST' }
    expect((await server.send('POST', searchPath, { token: tokens.read, body })).status).toBe(200)
  })

  it('is refused before the body is read', async () => {
    const head = `POST ${searchPath} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 900000\r\n\r\n`
    // The body never comes; the answer does.
    expect(await sendRaw(server.listener.port, head)).toMatch(/^HTTP\/1\.1 401 /)
  })
})

describe('too much', () => {
  it('refuses a body that is announced as too long, and one that turns out to be', async () => {
    const body = JSON.stringify({ images: ['A'.repeat(2_000_000)] })
    expect(await server.send('POST', searchPath, { body })).toMatchObject({ status: 413 })
    const { write, received } = await openConnection(server.listener.port)
    write(`POST ${searchPath} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${tokens.all}\r\n`)
    write('Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n')
    const piece = `10000\r\n${' '.repeat(0x10000)}\r\n`
    for (let i = 0; i < 20; i++) write(piece)
    expect(await received).toMatch(/^HTTP\/1\.1 413 .*\r\nconnection: close/is)
  })

  it('refuses pictures that are small as files and huge as pixels', async () => {
    // Within what the library takes, beyond what this server does; and beyond both.
    for (const image of [await blankPng(2500, 2000), await blankPng(8200, 5000)]) {
      expect(image.length).toBeLessThan(900_000)
      expect(await searchFor(image)).toMatchObject({ status: 412, body: { message: 'only_images_in_base64' } })
    }
  })

  it('refuses pictures whose header lies about their size', async () => {
    const png = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#888' } })
      .png()
      .toBuffer()
    for (const size of [0xffff_ffff, 0x7fff_ffff, 100_000]) {
      const lying = Buffer.from(png)
      lying.writeUInt32BE(size, 16)
      lying.writeUInt32BE(size, 20)
      expect((await searchFor(lying.toString('base64'))).status).toBe(412)
    }
    const small = Buffer.from(png)
    small.writeUInt32BE(1, 16)
    expect((await searchFor(small.toString('base64'))).status).toBe(412)
  })

  it('refuses compressed bodies', async () => {
    const headers = { 'content-encoding': 'gzip' }
    expect(await server.send('POST', searchPath, { headers, body: '{}' })).toMatchObject({ status: 415 })
  })

  it('refuses a head that is too long, as JSON', async () => {
    const answer = await sendRaw(
      server.listener.port,
      `GET /health HTTP/1.1\r\nHost: x\r\nX-Long: ${'a'.repeat(100_000)}\r\n\r\n`,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 431 .*"code":"BAD_REQUEST"/s)
  })

  it('refuses JSON that is deep, wide or poisoned', async () => {
    const deep = `{"images":${'['.repeat(300_000)}${']'.repeat(300_000)}}`
    const wide = JSON.stringify({ images: Array.from({ length: 200_000 }, () => '') })
    const poisoned = `{"__proto__":{"images":["${probe}"],"min_score":0.7,"search_mode":"FAST"}}`
    for (const body of [deep, wide, poisoned, '[]', '"text"', 'null', '7']) {
      expect((await server.send('POST', searchPath, { body })).status).toBe(409)
    }
    expect(({} as Record<string, unknown>)['images']).toBeUndefined()
  })
})

it('answers whatever JSON it is sent with JSON, and never with an error of its own', async () => {
  const paths = ['search', 'search/crops', 'verify', 'compare', 'detect', 'persons', 'collections', 'liveness']
  const field = fc.constantFrom('images', 'image', 'min_score', 'search_mode', 'collection_id', 'max_results', 'id')
  const value = fc.oneof(fc.jsonValue(), fc.constantFrom('FAST', '0.7', 'A'.repeat(200), ['A'.repeat(200)], 'ada-0001'))
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...paths),
      fc.oneof(fc.dictionary(field, value), fc.jsonValue()),
      async (path, body) => {
        const { status, text } = await server.send('POST', `${facePath}/${path}`, { body: JSON.stringify(body) })
        expect([404, 409, 412, 501]).toContain(status)
        expect(JSON.parse(text)).toMatchObject({ message: expect.any(String) })
      },
    ),
    { numRuns: 300 },
  )
})

describe('tricks', () => {
  const authorization = `Authorization: Bearer ${tokens.all}`

  it.each([
    ['/v2/face-recognition/persons/..%2f..%2f..%2fetc%2fpasswd', 404],
    ['/v2/face-recognition/../../../../etc/passwd', 404],
    ['/v2/face-recognition/persons/%2e%2e/%2e%2e', 404],
    ['/%2e%2e/%2e%2e/etc/passwd', 404],
    ['//evil.example/v2/face-recognition/persons', 404],
    ['/v2/face-recognition/persons/a%00b', 404],
    ['/v2/face-recognition/persons/%', 404],
    ['/v2/face-recognition/persons/%ff%fe', 404],
    [`/v2/face-recognition/persons/${'a'.repeat(5000)}`, 409],
    ['/v2\\face-recognition\\persons', 400],
    ['/V2/FACE-RECOGNITION/PERSONS', 404],
    ['/v2/face-recognition/persons/__proto__', 404],
    ['/v2/face-recognition/persons/constructor', 404],
  ])('answers the path %s with %i', async (path, status) => {
    const answer = await sendRaw(
      server.listener.port,
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${authorization}\r\nConnection: close\r\n\r\n`,
    )
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(answer).toMatch(/\{"(message|error)":/)
    expect(answer).not.toContain('root:')
  })

  it.each([
    ['two lengths', 'Content-Length: 2\r\nContent-Length: 40'],
    ['a length and chunks', 'Content-Length: 2\r\nTransfer-Encoding: chunked'],
    ['chunks by another name', 'Transfer-Encoding: xchunked'],
    ['a negative length', 'Content-Length: -1'],
    ['a length that is no number', 'Content-Length: 0x10'],
    ['a header without a name', ': nothing'],
    ['a header with a space before its colon', 'Content-Length : 2'],
    ['a folded header', 'X-Folded: one\r\n two'],
    ['two hosts', 'Host: elsewhere'],
  ])('does not serve a request with %s, nor the one smuggled behind it', async (_, header) => {
    const smuggled = `DELETE ${facePath}/persons/ada-0001 HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n`
    const answer = await sendRaw(
      server.listener.port,
      `POST ${searchPath} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${header}\r\n\r\n{}${smuggled}`,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /)
    expect(answer).not.toMatch(/HTTP\/1\.1 2\d\d /)
  })

  it('does not let headers change the method, the path or the caller', async () => {
    const headers = {
      'x-http-method-override': 'DELETE',
      'x-original-url': `${facePath}/persons/ada-0001`,
      'x-rewrite-url': '/health',
      'x-forwarded-for': '127.0.0.1',
    }
    const answer = await server.send('GET', `${facePath}/persons/ada-0001`, { token: null, headers })
    expect(answer.status).toBe(401)
    const path = `${facePath}/persons/ada-0001?_method=DELETE`
    expect((await server.send('GET', path, { token: tokens.read, headers })).status).toBe(200)
  })

  it('takes no form or text of a page of another origin, and lets none read', async () => {
    const body = JSON.stringify({ name: 'Mallory', images: [probe] })
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', '']) {
      const headers = { 'content-type': type, origin: 'https://evil.example' }
      const answer = await server.send('POST', `${facePath}/persons`, { headers, body })
      expect(answer.status).toBe(415)
      expect(answer.headers.get('access-control-allow-origin')).toBeNull()
    }
    const preflight = await server.send('OPTIONS', `${facePath}/persons`, {
      token: null,
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    })
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull()
  })
})

describe('connections that drip', () => {
  it('serves honest requests while 1,000 others send a byte now and then, and cuts those off', async () => {
    const { port } = server.listener
    const heads = ['GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: ', `POST ${searchPath} HTTP/1.1\r\nHost: x\r\nX-Slow: `]
    // One in ten has a token, and drips in the body.
    const body = `POST ${searchPath} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${tokens.read}\r\nContent-Type: application/json\r\nContent-Length: 500000\r\n\r\n{`
    const drips: RawConnection[] = []
    for (let batch = 0; batch < 10; batch++) {
      drips.push(...(await Promise.all(Array.from({ length: 100 }, () => openConnection(port)))))
    }
    for (const [i, { write }] of drips.entries()) write(i % 10 === 0 ? body : (heads[i % 2] as string))
    const dripping = setInterval(() => {
      for (const { socket, write } of drips) if (socket.writable) write(' ')
    }, 200)
    try {
      let served = 0
      const cutOff = Promise.all(drips.map(({ received }) => received))
      while (drips.some(({ socket }) => !socket.closed)) {
        await expectFound()
        expect((await server.send('GET', '/health', { token: null })).status).toBe(200)
        served++
      }
      expect(served).toBeGreaterThan(0)
      const answers = await cutOff
      expect(answers.filter((answer) => answer.startsWith('HTTP/1.1 408 '))).toHaveLength(1000)
    } finally {
      clearInterval(dripping)
      for (const { socket } of drips) socket.destroy()
    }
  })

  it('frees what a caller held who went away', async () => {
    const { socket, write, received } = await openConnection(server.listener.port)
    write(`POST ${searchPath} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${tokens.all}\r\n`)
    write(`Content-Type: application/json\r\nContent-Length: 500000\r\n\r\n${' '.repeat(100_000)}`)
    const held = async (): Promise<number> =>
      Number(/visavis_body_bytes (\d+)/.exec((await server.send('GET', '/metrics')).text)?.[1])
    await expect.poll(held).toBe(100_000)
    socket.destroy()
    await received
    await expect.poll(held).toBe(0)
  })
})

describe('addresses instead of pictures', () => {
  let target: Server
  let targetPort: number
  let hits: string[]
  let picture: Buffer

  beforeAll(async () => {
    picture = await otherFaceFile('Ada')
    hits = []
    target = createHttpServer((request, response) => {
      hits.push(request.url ?? '')
      if (request.url === '/face.jpg') response.end(picture)
      else if (request.url === '/moved.jpg') response.writeHead(302, { location: '/face.jpg' }).end()
      else if (request.url === '/endless.jpg') {
        const piece = Buffer.alloc(65_536)
        const pour = (): void => {
          while (!response.destroyed && response.write(piece)) continue
        }
        response.on('drain', pour)
        pour()
      } else if (request.url === '/slow.jpg') response.write('x')
      else response.writeHead(404).end('root:x:0:0')
    })
    await new Promise<void>((resolve) => {
      target.listen(0, '127.0.0.1', resolve)
    })
    targetPort = (target.address() as AddressInfo).port
  })

  afterAll(() => {
    target.closeAllConnections()
    target.close()
  })

  const atTarget = (path: string, host = '127.0.0.1'): string => `http://${host}:${targetPort}${path}`

  it('fetches none where no host is allowed', async () => {
    for (const address of [
      atTarget('/face.jpg'),
      atTarget('/face.jpg', 'localhost'),
      atTarget('/face.jpg', '2130706433'),
      atTarget('/face.jpg', '0x7f.1'),
      atTarget('/face.jpg', '[::ffff:127.0.0.1]'),
      atTarget('/face.jpg', 'user:secret@127.0.0.1'),
      'https://169.254.169.254/latest/meta-data/',
      '  HTTP://127.0.0.1/',
    ]) {
      expect(await searchFor(address)).toMatchObject({ status: 412, body: { message: 'insecure_image_url' } })
    }
    for (const address of ['file:///etc/passwd', 'ftp://127.0.0.1/x', '//127.0.0.1/face.jpg', 'data:text/html,hello']) {
      expect(await searchFor(address)).toMatchObject({ status: 412, body: { message: 'only_images_in_base64' } })
    }
    expect(hits).toEqual([])
  })

  it('fetches from allowed hosts alone, and from no private address behind their name', async () => {
    await using careful = await startTestServer(matcher, {
      allowedImageHosts: [
        { host: 'localhost', protocol: 'http', port: targetPort },
        { host: '127.0.0.1', protocol: 'http', port: targetPort },
        { host: '[::1]', protocol: 'http', port: targetPort },
        { host: 'images.example.com' },
      ],
    })
    for (const address of [
      // Allowed by name, and not by where it leads.
      atTarget('/face.jpg', 'localhost'),
      atTarget('/face.jpg'),
      atTarget('/face.jpg', '[::1]'),
      atTarget('/face.jpg', '2130706433'),
      // Not allowed by name, port or protocol.
      atTarget('/face.jpg', 'localhost.'),
      atTarget('/face.jpg', 'sub.localhost'),
      `https://localhost:${targetPort}/face.jpg`,
      'http://images.example.com/face.jpg',
      'https://images.example.com:8443/face.jpg',
      'https://images.example.com.evil.example/face.jpg',
      'https://user@images.example.com/face.jpg',
    ]) {
      expect(await searchFor(address, careful)).toMatchObject({ status: 412, body: { message: 'insecure_image_url' } })
    }
    expect(hits).toEqual([])
    await expectFound(careful)
  })

  it('fetches from a private host that is allowed as such, and neither follows, waits nor swallows', async () => {
    await using careful = await startTestServer(matcher, {
      allowedImageHosts: [{ host: 'localhost', protocol: 'http', port: targetPort, allowPrivate: true }],
      limits: { bodyBytes: 1_000_000, imageFetchMilliseconds: 1_000 },
    })
    const found = await searchFor(atTarget('/face.jpg', 'localhost'), careful)
    expect(found).toMatchObject({ status: 200, body: { data: [{ name: 'Ada' }] } })
    for (const path of ['/moved.jpg', '/missing.jpg', '/endless.jpg', '/slow.jpg']) {
      const answer = await searchFor(atTarget(path, 'localhost'), careful)
      expect(answer).toMatchObject({ status: 412, body: { message: 'image_not_available' } })
      expect(answer.text).not.toContain('root')
    }
    expect(hits).toEqual(['/face.jpg', '/moved.jpg', '/missing.jpg', '/endless.jpg', '/slow.jpg'])
    expect(JSON.stringify(careful.log)).not.toContain('jpg')
    await expectFound(careful)
  })
})

describe('without tokens', () => {
  it('serves this machine under a loopback name only, and no other address', async () => {
    await using open = await startTestServer(matcher, { tokens: [], insecureNoAuth: true })
    const request = (host: string): Promise<string> =>
      sendRaw(open.listener.port, `GET ${facePath}/persons HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
    for (const host of ['localhost', '127.0.0.1:8080', '[::1]']) expect(await request(host)).toMatch(/^HTTP\/1\.1 200 /)
    for (const host of ['evil.example', '10.0.0.7', 'localhost.evil.example']) {
      expect(await request(host)).toMatch(/^HTTP\/1\.1 403 /)
    }
    const wide = createServer({ matcher, tokens: [], insecureNoAuth: true })
    await expect(wide.listen({ host: '0.0.0.0' })).rejects.toThrow('loopback')
  })
})

it('keeps tokens out of everything that could be printed', async () => {
  const secret = 'a-token-that-nobody-prints'
  const printed = createServer({ matcher, tokens: [{ token: secret }] })
  expect(inspect(printed, { depth: 20, showHidden: true }) + JSON.stringify(printed)).not.toContain(secret)
  const everything = JSON.stringify(server.log)
  for (const token of Object.values(tokens)) expect(everything).not.toContain(token)
  for (const personal of ['ada-0001', 'Ada', probe.slice(40, 80), 'Mallory']) expect(everything).not.toContain(personal)
})

/** Base64. */
async function blankPng(width: number, height: number): Promise<string> {
  const blank = sharp({ create: { width, height, channels: 3, background: '#888' } })
  return (await blank.png({ compressionLevel: 9 }).toBuffer()).toString('base64')
}
