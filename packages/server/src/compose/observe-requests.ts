import type { RequestContext } from '#/http/route.ts';
import type { Metrics } from '#/platform/metrics.ts';

/** Counts finished requests under the name of their operation, never under their path. */
export function observeRequests(metrics: Metrics) {
  const { requests } = metrics;
  return (operationId: string, request: RequestContext, status: number, seconds: number): void => {
    const code = String(status);
    requests.responseTime.observe({ endpoint: operationId }, seconds);
    requests.responseCode.inc({ endpoint: operationId, code });
    requests.duration.observe({ method: request.method, route: operationId, status: code }, seconds);
    if (status < 200 || status > 299) requests.responseNon200.inc({ endpoint: operationId });
    if (status >= 500) requests.response500.inc({ endpoint: operationId });
  };
}
