import { plainRun } from './arguments.ts';

const argv = process.argv.slice(2);
const request = plainRun(argv);
if (request === undefined) {
  const { command } = await import('./cli.ts');
  // Not `exit`: what was printed into a pipe may not have left yet.
  process.exitCode = await command(argv);
} else {
  const { run } = await import('./run.ts');
  // Sockets that linger must not keep a drained daemon alive.
  process.exit(await run(request));
}
