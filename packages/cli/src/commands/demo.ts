import type { Command } from 'commander'
import type { Context } from '../context.ts'
import type { DemoOptions } from '../demo/run-demo.ts'
import { options } from '../option-values.ts'

export function addDemo(program: Command, context: Context): void {
  program
    .command('demo')
    .summary('see it work on six group photographs')
    .description(
      'Enroll the people of some group photographs, find them again from altered crops, and say what went wrong.',
    )
    .option('--photos <folder>', 'group photographs to use instead of the six that the repository has')
    .option(
      '--sheet <file>',
      'where to draw every probe beside its match, .jpg or .png (default: visavis-demo.jpg in the folder for temporary files)',
    )
    .addOption(options.minScore())
    .addOption(options.mode())
    .addOption(options.model())
    .addOption(options.json())
    .addHelpText(
      'after',
      `
Every face that is found is taken for a person of its own. Every fifth, and whoever cannot be enrolled, is kept out as a
stranger. The demo is done when it ran, with exit code 0, also where it was wrong about someone.

Examples:
  visavis demo
  visavis demo --mode FAST --min-score 0.8 --sheet demo.png`,
    )
    .action(async (given: DemoOptions) => {
      // Loaded here, so that the other commands start without what draws pictures.
      const { runDemo } = await import('../demo/run-demo.ts')
      await runDemo(given, context)
    })
}
