import { createServerLog } from '#/platform/logger.ts';

/** Logs 200 lines and ends in the way that its argument names. */
const log = createServerLog();
for (let line = 0; line < 200; line += 1) log.accessLogger.info({ line }, 'x'.repeat(100));
switch (process.argv[2]) {
  case 'exit':
    process.exit();
    break;
  case 'throw':
    throw new Error('the process ends by an error');
  case 'drain':
    await log.drain();
    process.kill(process.pid, 'SIGKILL');
    break;
  case 'wait':
    process.stdin.resume();
    break;
}
