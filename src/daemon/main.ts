import { plainRun } from './arguments.ts';

const argv = process.argv.slice(2);
const request = plainRun(argv);
const exitCode =
  request === undefined
    ? await (await import('./cli.ts')).command(argv)
    : await (await import('./run.ts')).run(request);
// Sockets that linger must not keep a drained daemon alive.
process.exit(exitCode);
