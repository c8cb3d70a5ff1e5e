import { writeFileSync } from 'node:fs';
import { listProcessTree, readCpuSeconds, readPeakBytes, readResidentBytes } from '#/process/process-tree.ts';

const sampleMs = 20;

/** What a server used between `watchUsage` and `stop`. */
export interface Usage {
  readonly cpuSeconds: number;
  /** Sum over its processes; one process: the kernel's own high-water mark. */
  readonly peakResidentBytes: number;
  /** Sum over its processes when the watch began. */
  readonly firstResidentBytes: number;
}

/** Watches a process and its descendants. */
export function watchUsage(rootPid: number): { stop(): Usage } {
  const pids = listProcessTree(rootPid);
  for (const pid of pids) resetPeak(pid);
  const cpuBefore = readCpuSeconds(pids);
  const firstResidentBytes = readResidentBytes(pids);
  let peak = firstResidentBytes;
  const timer = setInterval(() => {
    peak = Math.max(peak, readResidentBytes(pids));
  }, sampleMs);
  return {
    stop() {
      clearInterval(timer);
      const marks = pids.map(readPeakBytes);
      return {
        cpuSeconds: readCpuSeconds(pids) - cpuBefore,
        peakResidentBytes: Math.max(peak, readResidentBytes(pids), ...marks),
        firstResidentBytes,
      };
    },
  };
}

function resetPeak(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    // Kernels without it keep the mark since the start of the process.
  }
}
