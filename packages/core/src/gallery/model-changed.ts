/** Thrown where what was read by one model meets people of another: the model was changed meanwhile, and it is read again. */
export class ModelChanged extends Error {}

/** Does work whose pictures are read by the model of the moment; again from the start where that was changed meanwhile. */
export async function withOneModel<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof ModelChanged)) throw error
    }
  }
}
