import type { Problem, Severity } from '#/config/problem.ts';

const titles: Readonly<Record<Severity, readonly [one: string, many: string]>> = {
  error: ['error', 'errors'],
  warning: ['warning', 'warnings'],
  info: ['note', 'notes'],
};
const order: readonly Severity[] = ['error', 'warning', 'info'];

/** The problems for people: worst first, then one line that counts them. */
export function formatReport(problems: readonly Problem[], directory: string): string {
  const lines = order.flatMap((severity) =>
    problems.filter((problem) => problem.severity === severity).map(formatProblem),
  );
  const counts = order
    .map(
      (severity) => [severity, problems.filter((problem) => problem.severity === severity).length] as const,
    )
    .filter(([severity, count]) => count > 0 || severity === 'error')
    .map(([severity, count]) => `${count === 0 ? 'no' : count} ${titles[severity][count === 1 ? 0 : 1]}`);
  return [...lines, `${directory}: ${counts.join(', ')}`].join('\n');
}

/** One problem in one line: severity, key, value, what is wrong, what is expected. */
export function formatProblem(problem: Problem): string {
  const value = problem.value === undefined ? '' : ` = ${problem.value}`;
  const expected = problem.expected === undefined ? '' : `; expected: ${problem.expected}`;
  return `${titles[problem.severity][0].padEnd(7)}  ${problem.key}${value}: ${problem.message}${expected}`;
}
