/**
 * What a page's browser keeps in an object store of IndexedDB, and of Blobs their sizes; `null` where that is nothing. To be
 * called in the page: it may use nothing from here.
 */
export async function keptRows([database, store]: readonly [string, string]): Promise<unknown[] | null> {
  // oxlint-disable-next-line unicorn/consistent-function-scoping -- the page has only what is in here
  const result = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.addEventListener('success', () => resolve(request.result))
      request.addEventListener('error', () => reject(request.error))
    })
  // One that is not there would be made by being opened.
  if (!(await indexedDB.databases()).some(({ name }) => name === database)) return null
  const connection = await result(indexedDB.open(database))
  const rows: unknown[] = await result(connection.transaction(store).objectStore(store).getAll())
  connection.close()
  return rows.length === 0 ? null : rows.map((row) => (row instanceof Blob ? row.size : row))
}
