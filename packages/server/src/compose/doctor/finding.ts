import type { Configuration } from '#/config/configuration.ts';
import type { Clock } from '#/platform/clock.ts';
import type { OutboundHttp } from '#/platform/outbound-http.ts';

/** One line of `wharf doctor`. */
export interface Finding {
  /** What was looked at, such as `storage default`. */
  readonly check: string;
  readonly status: 'ok' | 'warning' | 'failed';
  /** What was found; without secrets. */
  readonly message: string;
  /** What to do; absent where there is nothing to do. */
  readonly advice?: string;
}

/** What every check looks at. */
export interface Patient {
  readonly configuration: Configuration;
  /** Absolute, of the configuration. */
  readonly directory: string;
  /** Absolute. */
  readonly dataDirectory: string;
  readonly outbound: OutboundHttp;
  readonly clock: Clock;
}

/** One check, which may find several things; what it throws counts as a failure. */
export interface DoctorCheck {
  readonly name: string;
  run(patient: Patient): Promise<readonly Finding[]>;
}

export function ok(check: string, message: string): Finding {
  return { check, status: 'ok', message };
}

export function warning(check: string, message: string, advice: string): Finding {
  return { check, status: 'warning', message, advice };
}

export function failed(check: string, message: string, advice: string): Finding {
  return { check, status: 'failed', message, advice };
}
