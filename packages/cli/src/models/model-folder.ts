import { VisavisError } from '@visavis/core'
import { packs, type PackName } from '@visavis/models'
import { ConvertError } from '@visavis/models/convert'
import { CommandError } from '../command-error.ts'

/** @throws CommandError `usage` where no model has the name. */
export function packNamed(name: string): PackName {
  if (Object.hasOwn(packs, name)) return name as PackName
  throw new CommandError('usage', `There is no model ${name}; there is ${Object.keys(packs).join(', ')}.`)
}

/** Does the work; what the converter complains of becomes an error of the command or of visavis. */
export async function withModelErrors<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ConvertError)) throw error
    const { message, code } = error
    if (code === 'unsupported') throw new CommandError('model_unsupported', message, { cause: error })
    throw new VisavisError(code === 'corrupt' ? 'model_corrupt' : 'model_load_failed', message, { cause: error })
  }
}
