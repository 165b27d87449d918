import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BodyBudget } from './body-budget.ts'
import { readJson } from './request-body.ts'

const limits = { bytes: 1000, patience: 1e6 }
const type = { 'content-type': 'application/json' }

function requestOf(body: BodyInit | null, headers: Record<string, string> = type): Request {
  return new Request('http://localhost/', { method: 'POST', body, headers, duplex: 'half' } as RequestInit)
}

/** A body that comes in pieces, and then no more. */
function dripping(pieces: readonly string[], end: boolean): { body: ReadableStream; cancelled: () => boolean } {
  let cancelled = false
  const body = new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece))
      if (end) controller.close()
    },
    cancel() {
      cancelled = true
    },
  })
  return { body, cancelled: () => cancelled }
}

describe('readJson', () => {
  it('reads what JSON.stringify writes, in whatever pieces it comes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.integer({ min: 1, max: 9 }), async (value, size) => {
        const bytes = new TextEncoder().encode(JSON.stringify(value))
        const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
          bytes.subarray(i * size, (i + 1) * size),
        )
        const body = new ReadableStream({
          start(controller) {
            for (const piece of pieces) controller.enqueue(piece)
            controller.close()
          },
        })
        using lease = new BodyBudget(1e9).lease()
        const read = await readJson(requestOf(body), lease, { bytes: 1e9, patience: 1e6 })
        expect(JSON.stringify(read)).toBe(JSON.stringify(value))
        expect(lease.bytes).toBe(bytes.length)
      }),
    )
  })

  it.each([
    ['no JSON', '{"images": [', 400],
    ['nothing', '', 400],
    ['broken UTF-8', new Uint8Array([0x22, 0xff, 0x22]), 400],
    ['more than is allowed', JSON.stringify('x'.repeat(1000)), 413],
  ])('refuses %s, and quotes nothing of it', async (_, body, status) => {
    using lease = new BodyBudget(1e9).lease()
    const error = (await readJson(requestOf(body), lease, limits).catch((reason: unknown) => reason)) as Error
    expect(error).toMatchObject({ status })
    expect(error.message).not.toMatch(/images|xx/)
    expect(error.cause).toBeUndefined()
  })

  it.each([
    ['no type', {}],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['plain text, which any page may send', { 'content-type': 'text/plain' }],
    ['a compressed body', { ...type, 'content-encoding': 'gzip' }],
  ])('refuses %s', async (_, headers) => {
    using lease = new BodyBudget(1e9).lease()
    const request = requestOf(new TextEncoder().encode('{}'), headers)
    await expect(readJson(request, lease, limits)).rejects.toMatchObject({ status: 415 })
  })

  it('stops reading where a body is too long or too slow', async () => {
    const long = dripping(
      Array.from({ length: 11 }, () => ' '.repeat(100)),
      false,
    )
    using lease = new BodyBudget(1e9).lease()
    await expect(readJson(requestOf(long.body), lease, limits)).rejects.toMatchObject({ status: 413, close: true })
    expect(long.cancelled()).toBe(true)
    const slow = dripping(['{'], false)
    using other = new BodyBudget(1e9).lease()
    const call = readJson(requestOf(slow.body), other, { bytes: 1000, patience: 20 })
    await expect(call).rejects.toMatchObject({ status: 408, close: true })
    expect(slow.cancelled()).toBe(true)
  })

  it('refuses what would exceed the budget of all requests, and gives back what it held', async () => {
    const budget = new BodyBudget(150)
    const hundred = JSON.stringify('x'.repeat(98))
    {
      using first = budget.lease()
      await readJson(requestOf(hundred), first, limits)
      using second = budget.lease()
      await expect(readJson(requestOf(hundred), second, limits)).rejects.toMatchObject({ status: 503, retryAfter: 1 })
      expect(budget.held).toBe(100)
    }
    expect(budget.held).toBe(0)
    using third = budget.lease()
    expect(await readJson(requestOf(hundred), third, limits)).toHaveLength(98)
  })
})
