import { encryptedStore, isVisavisError, type EncryptedStore, type Store } from '@visavis/core'
import { sqliteStore, type SqliteStore } from '@visavis/core/sqlite'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DyingStore, type Deed } from './dying-store.ts'
import { LocalHome } from './local-home.ts'

/** In memory where there is such a place: what is on a disk after a crash is computed, not waited for. */
const place = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
const pageSize = 4096

/** The bytes of a database and its log. */
interface Files {
  readonly database: Buffer
  readonly log: Buffer
}

/** A gallery in a file of SQLite, encrypted or not. */
export class SqliteHome extends LocalHome {
  readonly #folder: string = mkdtempSync(path.join(place, 'visavis-sequence-'))
  readonly #isEncrypted: boolean
  #generation = 0
  /** The numbers of the secrets that may open the store: two where a change of them was interrupted. */
  #secrets: number[] = [1]
  #file!: SqliteStore
  #encrypted: EncryptedStore | undefined

  private constructor(isEncrypted: boolean) {
    super()
    this.#isEncrypted = isEncrypted
  }

  static async open(modelId: string, isEncrypted = false): Promise<SqliteHome> {
    const home = new SqliteHome(isEncrypted)
    await home.open({ modelId, previous: undefined })
    return home
  }

  async rotate(): Promise<void> {
    if (this.#encrypted === undefined) return
    if (this.#encrypted.isRotating) await this.#encrypted.resumeRotation()
    const next = (this.#secrets.at(-1) as number) + 1
    this.#secrets.push(next)
    await this.#encrypted.rotateSecret(keyOf(next))
    this.#secrets = [next]
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  get #path(): string {
    return path.join(this.#folder, `${this.#generation}.db`)
  }

  protected async openStore(): Promise<{ dying: DyingStore; store: Store }> {
    this.#file = await sqliteStore({ path: this.#path })
    await this.#file.checkIntegrity()
    const dying = new DyingStore(this.#file, (deed, share) => this.#die(deed, share))
    return { dying, store: this.#isEncrypted ? await this.#decrypted(dying) : dying }
  }

  /** With the one secret that opens it; exactly one does. */
  async #decrypted(dying: DyingStore): Promise<Store> {
    const opened: number[] = []
    for (const secret of this.#secrets) {
      try {
        this.#encrypted = await encryptedStore(dying, keyOf(secret))
        opened.push(secret)
      } catch (error) {
        if (!isVisavisError(error, 'store_key')) throw error
      }
    }
    if (opened.length !== 1)
      throw new Error(`Of the secrets ${this.#secrets.join(', ')} these open it: ${opened.join(', ')}`)
    this.#secrets = opened
    return this.#encrypted as EncryptedStore
  }

  /** Ends as a computer does whose plug is pulled: some of what was to be written is there, and the rest is not. */
  async #die({ kind, run }: Deed, share: number): Promise<void> {
    const before = this.#files()
    await run()
    const after = this.#files()
    await this.#file.close()
    const { database, log } = kind === 'write' ? tornLog(before, after, share) : tornCheckpoint(before, after, share)
    this.#generation++
    writeFileSync(this.#path, database)
    if (log.length > 0) writeFileSync(`${this.#path}-wal`, log)
  }

  #files(): Files {
    const log = `${this.#path}-wal`
    return { database: readFileSync(this.#path), log: existsSync(log) ? readFileSync(log) : Buffer.alloc(0) }
  }
}

/** A commit goes to the log first, and only then perhaps to the database. */
function tornLog(before: Files, after: Files, share: number): Files {
  const first = firstDifference(before.log, after.log)
  const cut = first + Math.round((after.log.length - first) * share)
  return { database: before.database, log: Buffer.concat([after.log.subarray(0, cut), before.log.subarray(cut)]) }
}

/** The log is copied into the database, page by page, and then cut. */
function tornCheckpoint(before: Files, after: Files, share: number): Files {
  if (share > 0.8) return after
  const cut = Math.round((share * after.database.length) / pageSize) * pageSize
  const database = Buffer.concat([after.database.subarray(0, cut), before.database.subarray(cut)])
  return { database, log: before.log }
}

function firstDifference(a: Buffer, b: Buffer): number {
  const most = Math.min(a.length, b.length)
  let at = 0
  while (at < most && a[at] === b[at]) at++
  return at
}

function keyOf(secret: number): { key: Uint8Array } {
  return { key: new Uint8Array(32).fill(secret % 256) }
}
