import type { Collection, FaceMatcher, IndexName } from '@visavis/core'
import type { Command } from 'commander'
import { findCollection } from '../collection-choice.ts'
import type { Context } from '../context.ts'
import { Enroller, type Enrollment } from '../enroller.ts'
import { EnrollmentReport } from '../enrollment-report.ts'
import { exitCodes } from '../exit-codes.ts'
import { openMatcher } from '../open-matcher.ts'
import { options } from '../option-values.ts'
import { listPersonFolders } from '../person-folders.ts'
import { startProgressBar } from '../progress-bar.ts'

interface EnrollCommandOptions {
  store: string
  index: IndexName
  model: string
  collection?: string
  replace: boolean
}

export function addEnroll(program: Command, context: Context): void {
  program
    .command('enroll')
    .summary('enroll people from a folder of photographs')
    .description('Enroll people from a folder of photographs, one folder a person.')
    .argument('<folder>', 'holds <person>/<picture>, such as people/Ana_Diaz/1.jpg')
    .addOption(options.store())
    .addOption(options.index())
    .option('--collection <id or name>', 'the collection to put people into, made when missing (default: none)')
    .option('--replace', 'give people who are enrolled already the new pictures instead of passing them over', false)
    .addOption(options.model())
    .addOption(options.json())
    .addHelpText(
      'after',
      `
A person is named after their folder, with spaces for underscores. Their pictures are tried in the order of the file
names, and the first three that are good enough are used: JPEG, PNG or WebP of one face that is sharp, well lit and
looking at the camera. Refused ones are listed with what is wrong with them; they do not stop the run.

Running it again passes over people whose name the collection (without --collection: the store) has already.
Ctrl-C stops between two people; who was enrolled stays.

Examples:
  visavis enroll people --store team.db
  visavis enroll people --store team.db --collection Staff --replace`,
    )
    .action((folder: string, given: EnrollCommandOptions) => enroll(folder, given, context))
}

async function enroll(
  folder: string,
  { store, index, model, collection: collectionName, replace }: EnrollCommandOptions,
  { output, signal, exit }: Context,
): Promise<void> {
  const started = performance.now()
  const { people, misplaced } = await listPersonFolders(folder)
  await using matcher = await openMatcher({ store, index, model, mustExist: false, signal })
  const { collection, isNew } = await chooseCollection(matcher, collectionName)
  const enroller = new Enroller({ matcher, collectionId: collection?.id, replace, signal })
  const enrollments: Enrollment[] = []
  const bar = startProgressBar('Enrolling', people.length, 'people')
  try {
    for (const person of people) {
      enrollments.push(await enroller.enroll(person))
      bar.advance(person.name)
      signal.throwIfAborted()
    }
  } catch (error) {
    // People enrolled so far stay and are reported; the person under way is not.
    if (!signal.aborted) throw error
  } finally {
    bar.stop()
  }
  if (isNew && collection !== null && !enrollments.some(({ status }) => status === 'enrolled')) {
    await matcher.collections.delete(collection.id)
  }
  const report = new EnrollmentReport({
    store,
    collection: collection?.name ?? null,
    enrollments,
    misplaced,
    missed: people.length - enrollments.length,
    milliseconds: performance.now() - started,
  })
  if (signal.aborted) exit(exitCodes.interrupted)
  else if (enrollments.every(({ status }) => status === 'failed')) exit(exitCodes.nobody)
  output.answer(report.document(), () => report.lines())
}

async function chooseCollection(
  matcher: FaceMatcher,
  idOrName: string | undefined,
): Promise<{ collection: Collection | null; isNew: boolean }> {
  if (idOrName === undefined) return { collection: null, isNew: false }
  const found = await findCollection(matcher, idOrName)
  if (found !== null) return { collection: found, isNew: false }
  return { collection: await matcher.collections.create({ name: idOrName }), isNew: true }
}
