import { Command, CommanderError, Option } from 'commander';
import { components } from '../components/index.ts';
import type { PoisoningGuardConfig } from '../components/processors/poisoning_guard/index.ts';
import { loadConfig } from './config/load.ts';
import type { LoadedConfig } from './config/load.ts';
import { formatProblem, problemSummary } from './config/problem.ts';
import type { ConfigRequest } from './config/sources.ts';
import { showConfig } from './config/show.ts';
import type { ShowFormat, ShowMode } from './config/show.ts';
import { listComponents } from './listing.ts';
import { processSurroundings } from './surroundings.ts';
import { version } from './version.ts';

const EXIT_USAGE = 1;
/** Of `scan`, whose 1 says that something was blocked. */
const EXIT_SCAN_USAGE = 2;

interface SourceOptions {
  readonly config: readonly string[];
  readonly set: readonly string[];
}

/** Every command but a plain `run`; gives the exit code. */
export async function command(argv: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = new Command('countersign')
    .description(
      'A log pipeline daemon: replay-safe, screened, signed, every record accounted for.',
    )
    .version(version(), '-v, --version', 'Print the version.')
    .helpOption('-h, --help', 'Show help.')
    .exitOverride()
    .showHelpAfterError('(countersign --help shows what there is)');
  sourced(program.command('run', { isDefault: true }))
    .description('Run the daemon until SIGINT, SIGTERM or the end of its input.')
    .action(async (options: SourceOptions) => {
      const { run } = await import('./run.ts');
      process.exit(await run(requestOf(options)));
    });
  sourced(program.command('validate'))
    .description('Check a configuration; print every problem and start nothing.')
    .action((options: SourceOptions) => {
      exitCode = validate(requestOf(options));
    });
  program
    .command('components')
    .description('List what a configuration may name, as YAML.')
    .action(() => void process.stdout.write(listComponents(components, version())));
  sourced(program.command('print-config').alias('print-initial-config'))
    .description('Print the merged configuration with its defaults.')
    .addOption(
      new Option('--mode <mode>', 'Show secrets or not.')
        .choices(['redacted', 'unredacted'])
        .default('redacted'),
    )
    .addOption(new Option('--format <format>', 'Form.').choices(['yaml', 'json']).default('yaml'))
    .option('--no-validate', 'Print also what is not valid.')
    .action((options: SourceOptions & PrintOptions) => {
      exitCode = printConfig(options);
    });
  program
    .command('schema')
    .description('Print the JSON Schema (2020-12) of a configuration, for editors.')
    .action(async () => {
      const { configSchema } = await import('../reference/schema.ts');
      const { serviceSchema } = await import('./config/settings.ts');
      const schema = configSchema(components, serviceSchema);
      process.stdout.write(`${JSON.stringify(schema, undefined, 2)}\n`);
    });
  addScan(program, (code) => (exitCode = code));
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    if (thrown.exitCode === 0) return 0;
    return argv[0] === 'scan' ? EXIT_SCAN_USAGE : EXIT_USAGE;
  }
  return exitCode;
}

interface ScanOptions extends SourceOptions {
  readonly processor?: string;
  readonly ruleset: 'default' | 'reference';
  readonly format: 'jsonl' | 'text';
  readonly input: 'auto' | 'ndjson' | 'json' | 'text' | 'lines';
  readonly lines?: true;
}

interface PrintOptions {
  readonly mode: ShowMode;
  readonly format: ShowFormat;
  readonly validate: boolean;
}

/** Adds `scan`, which is loaded when it is called. */
function addScan(program: Command, ended: (exitCode: number) => void): void {
  sourced(program.command('scan'))
    .description(
      'Judge texts, records or files by the poisoning guard, without a daemon. Exit codes: 0 nothing ' +
        'was blocked, 1 something was, 2 usage, or input that cannot be read.',
    )
    .argument('<files...>', 'NDJSON, JSON or text; - is standard input.')
    .addOption(
      new Option('--ruleset <name>', 'Rules, with their defaults.')
        .choices(['default', 'reference'])
        .default('default')
        .conflicts(['config', 'set', 'processor']),
    )
    .option('--processor <id>', 'Which poisoning_guard of the configuration; else the only one.')
    .addOption(
      new Option('--format <format>', 'Output: a JSON line for each text, or lines for people.')
        .choices(['jsonl', 'text'])
        .default('jsonl'),
    )
    .addOption(
      new Option('--input <form>', 'How files are read; auto goes by name and beginning.')
        .choices(['auto', 'ndjson', 'json', 'text', 'lines'])
        .default('auto'),
    )
    .option('--lines', 'The same as --input lines: each line of a file is a text of its own.')
    .action(async (files: string[], options: ScanOptions) => {
      const { scanCommand } = await import('./scan/command.ts');
      const { config, set, processor } = options;
      if (config.length === 0 && set.length === 0 && processor === undefined) {
        ended(await scanCommand(files, options));
        return;
      }
      const guard = await guardOf(options);
      ended(guard === undefined ? EXIT_SCAN_USAGE : await scanCommand(files, options, guard));
    });
}

/** The guard that a configuration has, to judge as the daemon does; says what is wrong when there is none. */
async function guardOf(options: ScanOptions): Promise<PoisoningGuardConfig | undefined> {
  const { graph } = load(requestOf(options));
  if (graph === undefined) return undefined;
  const { configuredGuard } = await import('./scan/configured.ts');
  const guard = configuredGuard(graph, options.processor);
  if (typeof guard !== 'string') return guard;
  process.stderr.write(`error: ${guard}\n`);
  return undefined;
}

function sourced(of: Command): Command {
  const gather = (value: string, before: readonly string[]) => [...before, value];
  return of
    .option('--config <uri>', 'File, file:PATH, env:NAME or yaml:TEXT; repeatable.', gather, [])
    .option('--set <path=value>', 'One value on top, exporters.otlp_http.timeout=2s.', gather, []);
}

function requestOf(options: SourceOptions): ConfigRequest {
  return { uris: options.config, sets: options.set };
}

function load(request: ConfigRequest): LoadedConfig {
  const loaded = loadConfig(request, components, processSurroundings);
  for (const problem of loaded.problems) process.stderr.write(`${formatProblem(problem)}\n`);
  if (loaded.graph === undefined) process.stderr.write(`${problemSummary(loaded.problems)}\n`);
  return loaded;
}

function validate(request: ConfigRequest): number {
  const { graph } = load(request);
  return graph === undefined ? EXIT_USAGE : 0;
}

function printConfig(options: SourceOptions & PrintOptions): number {
  const { graph, tree } = load(requestOf(options));
  if (tree === undefined || (graph === undefined && options.validate)) return EXIT_USAGE;
  process.stdout.write(showConfig(tree, components, options.mode, options.format));
  return 0;
}
