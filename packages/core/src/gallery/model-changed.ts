/**
 * Thrown where a template of one model meets people of another: the model was changed meanwhile, and the pictures are
 * read again.
 */
export class ModelChanged extends Error {}

/** Runs work that reads pictures with the current model; again from the start where the model was changed meanwhile. */
export async function withOneModel<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof ModelChanged)) throw error
    }
  }
}
