import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { configurationFileName } from '#/config/find-directory.ts';
import { type DoctorCheck, failed, ok } from './finding.ts';

const toleratedMs = 60_000;

/** No file can have been written later than now: a clock that fell back shows where no other clock is near. */
export const clockCheck: DoctorCheck = {
  name: 'clock',
  async run({ clock, dataDirectory, directory }) {
    const paths = [join(directory, configurationFileName), dataDirectory, join(dataDirectory, 'wharf.db')];
    const times = await Promise.all(
      paths.map((path) =>
        stat(path).then(
          ({ mtimeMs }) => mtimeMs,
          () => 0,
        ),
      ),
    );
    const latestMs = Math.max(...times);
    const now = new Date(clock.nowMs()).toISOString();
    if (latestMs <= clock.nowMs() + toleratedMs) return [ok('clock', `This machine says ${now}.`)];
    return [
      failed(
        'clock',
        `This machine says ${now}, but its data were written later, at ${new Date(latestMs).toISOString()}.`,
        'Set the clock, and let an NTP client (chrony, systemd-timesyncd) keep it.',
      ),
    ];
  },
};
