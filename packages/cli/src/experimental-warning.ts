type EmitWarning = (warning: string | Error, ...rest: unknown[]) => void

/**
 * Keeps Node 22 from telling every user of the command that `node:sqlite` is experimental; other warnings are printed
 * as always. To be called before anything imports `node:sqlite`.
 */
export function hideSqliteWarning(): void {
  const emitWarning = process.emitWarning.bind(process) as EmitWarning
  process.emitWarning = ((warning, ...rest) => {
    const [type] = rest
    if (type === 'ExperimentalWarning' && String(warning).startsWith('SQLite ')) return
    emitWarning(warning, ...rest)
  }) as EmitWarning
}
