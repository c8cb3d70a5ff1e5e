/** The Grafana dashboard that operators import: `docs/generated/grafana-dashboard.json`. Panels are rows of data here. */

type Unit = 'short' | 'ops' | 'Bps' | 'bytes' | 's' | 'percentunit' | 'dateTimeFromNow' | 'reqps';

interface Query {
  readonly expr: string;
  readonly legend: string;
}

interface Panel {
  readonly title: string;
  readonly description: string;
  readonly kind: 'stat' | 'timeseries' | 'table';
  readonly unit: Unit;
  /** Of 24 columns. */
  readonly width: number;
  readonly queries: readonly Query[];
}

interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

const panelHeight = 8;
const statHeight = 4;

/** `$node`: the nodes that are looked at. */
const of = 'job="$job",instance=~"$node"';

/** A metric whose prefix follows PROMETHEUS_NAMESPACE. */
function own(name: string): string {
  return `\${prefix}_${name}`;
}

function stat(title: string, description: string, expr: string, unit: Unit = 'short', legend = ''): Panel {
  return { title, description, kind: 'stat', unit, width: 4, queries: [{ expr, legend }] };
}

function graph(title: string, description: string, unit: Unit, queries: readonly Query[], width = 12): Panel {
  return { title, description, kind: 'timeseries', unit, width, queries };
}

function rate(metric: string, by: string, matchers = ''): string {
  return `sum by (${by}) (rate(${metric}{${of}${matchers}}[$__rate_interval]))`;
}

function quantile(share: number): string {
  return `histogram_quantile(${share}, ${rate('quay_request_duration_seconds_bucket', 'le')})`;
}

const rows: readonly Row[] = [
  {
    title: 'Registry',
    panels: [
      stat('Repositories', 'Counted once an hour by one node.', `max(${own('repository_count')}{${of}})`),
      stat('Users', 'Counted once an hour by one node.', `max(${own('user_count')}{${of}})`),
      stat('Organizations', 'Counted once an hour by one node.', `max(${own('org_count')}{${of}})`),
      stat('Robots', 'Counted once an hour by one node.', `max(${own('robot_count')}{${of}})`),
      stat('Nodes', 'Nodes that answer a scrape.', 'sum(up{job="$job"})'),
      stat('Versions', 'What runs.', `count by (version) (wharf_build_info{${of}})`, 'short', '{{version}}'),
      graph('Pulls and pushes', 'Manifests per second, by protocol and status.', 'ops', [
        {
          expr: rate(own('repository_pull'), 'protocol, status'),
          legend: 'pull {{protocol}} {{status}}',
        },
        {
          expr: rate(own('repository_push'), 'protocol, status'),
          legend: 'push {{protocol}} {{status}}',
        },
      ]),
      graph('Bytes in and out', 'Bytes of blobs stored and handed out.', 'Bps', [
        { expr: `sum(rate(quay_registry_image_pushed_bytes_total{${of}}[$__rate_interval]))`, legend: 'in' },
        {
          expr: `sum(rate(quay_registry_image_pulled_estimated_bytes_total{${of}}[$__rate_interval]))`,
          legend: 'out',
        },
      ]),
    ],
  },
  {
    title: 'Requests',
    panels: [
      graph('Requests by status', 'Answers per second.', 'reqps', [
        { expr: rate(own('response_code'), 'code'), legend: '{{code}}' },
      ]),
      graph('Share of failures', 'Answers of 500 and above, of all.', 'percentunit', [
        {
          expr: `sum(rate(${own('response_500')}{${of}}[$__rate_interval])) / sum(rate(${own('response_code')}{${of}}[$__rate_interval]))`,
          legend: 'failures',
        },
      ]),
      graph('Seconds per request', 'Without the time that a body takes afterwards.', 's', [
        { expr: quantile(0.5), legend: 'p50' },
        { expr: quantile(0.95), legend: 'p95' },
        { expr: quantile(0.99), legend: 'p99' },
      ]),
      graph('Slowest operations', 'Mean seconds of the ten slowest.', 's', [
        {
          expr: `topk(10, ${rate(own('response_time_sum'), 'endpoint')} / (${rate(own('response_time_count'), 'endpoint')} > 0))`,
          legend: '{{endpoint}}',
        },
      ]),
      graph('In flight and broken off', 'Requests being answered; clients that went away.', 'short', [
        { expr: `sum(http_requests_in_flight{${of}})`, legend: 'in flight' },
        {
          expr: `sum(rate(http_requests_aborted_total{${of}}[$__rate_interval]))`,
          legend: 'broken off per second',
        },
        {
          expr: `sum(rate(wharf_database_unavailable_total{${of}}[$__rate_interval]))`,
          legend: 'database unavailable per second',
        },
      ]),
      graph('Checks of credentials that failed', 'Per second, by kind.', 'ops', [
        {
          expr: rate('quay_authentication_attempts_total', 'auth_kind', ',success="false"'),
          legend: '{{auth_kind}}',
        },
      ]),
    ],
  },
  {
    title: 'Uploads and caches',
    panels: [
      graph('Uploads', 'Being received now, and sessions by how they ended.', 'short', [
        { expr: `sum(wharf_uploads_receiving{${of}})`, legend: 'receiving' },
        { expr: rate('wharf_uploads_ended_total', 'result'), legend: '{{result}} per second' },
      ]),
      graph('Seconds per chunk', 'Median and 95th percentile by location.', 's', [
        {
          expr: `histogram_quantile(0.5, ${rate('quay_chunk_upload_duration_seconds_bucket', 'le, region')})`,
          legend: 'p50 {{region}}',
        },
        {
          expr: `histogram_quantile(0.95, ${rate('quay_chunk_upload_duration_seconds_bucket', 'le, region')})`,
          legend: 'p95 {{region}}',
        },
      ]),
      graph('Share of cache hits', 'Look-ups in the caches of the processes.', 'percentunit', [
        {
          expr: `${rate('quay_model_cache', 'cache', ',type="hit"')} / (${rate('quay_model_cache', 'cache')} > 0)`,
          legend: '{{cache}}',
        },
      ]),
      graph(
        'Bytes read again',
        'Stored bytes that had to be hashed a second time; large values mean nodes without sticky uploads.',
        'Bps',
        [
          {
            expr: `sum(rate(wharf_upload_reread_bytes_total{${of}}[$__rate_interval]))`,
            legend: 'read again',
          },
        ],
      ),
    ],
  },
  {
    title: 'Background work',
    panels: [
      graph(
        'Items that wait',
        'Names with an item that may run and none that runs; the largest over all nodes.',
        'short',
        [
          {
            expr: `max by (queue_name) (quay_queue_items_available_unlocked{${of}})`,
            legend: '{{queue_name}}',
          },
        ],
      ),
      graph('Items that run', 'Names with a running item.', 'short', [
        { expr: `max by (queue_name) (quay_queue_items_locked{${of}})`, legend: '{{queue_name}}' },
      ]),
      graph('Runs of workers that failed', 'Per second.', 'ops', [
        { expr: rate('wharf_worker_runs_total', 'worker', ',result="failure"'), legend: '{{worker}}' },
      ]),
      graph('Since the last success of workers', 'Over all nodes; workers run on one node at a time.', 's', [
        {
          expr: `time() - max by (worker) (wharf_worker_last_success_timestamp_seconds{${of}} > 0)`,
          legend: '{{worker}}',
        },
      ]),
      graph('Collection', 'Objects and rows removed per second.', 'ops', [
        { expr: `sum(rate(quay_gc_storage_blobs_deleted{${of}}[$__rate_interval]))`, legend: 'objects' },
        { expr: rate('quay_gc_table_rows_deleted', 'table'), legend: 'rows of {{table}}' },
      ]),
      graph('Notifications', 'Attempts per second, by method and result.', 'ops', [
        { expr: rate('wharf_notifications_total', 'method, result'), legend: '{{method}} {{result}}' },
      ]),
      graph('Renewals of the instance key that failed', 'Registry tokens end when the key does.', 'short', [
        {
          expr: `sum(increase(quay_instance_key_renewal_self_total{${of},success="false"}[$__rate_interval]))`,
          legend: 'failed',
        },
      ]),
      graph('Action log', 'Entries moved to the store, and exports, per second.', 'ops', [
        { expr: `sum(rate(wharf_log_entries_archived_total{${of}}[$__rate_interval]))`, legend: 'archived' },
        { expr: rate('wharf_log_exports_total', 'status'), legend: 'exports {{status}}' },
      ]),
    ],
  },
  {
    title: 'Processes',
    panels: [
      stat(
        'Certificate ends',
        'The first that ends, of all nodes that speak TLS themselves.',
        `min(wharf_tls_certificate_expiry_timestamp_seconds{${of}} > 0) * 1000`,
        'dateTimeFromNow',
      ),
      graph('CPU', 'Cores in use, by node.', 'short', [
        { expr: rate('process_cpu_seconds_total', 'instance'), legend: '{{instance}}' },
      ]),
      graph('Memory', 'Resident, by node.', 'bytes', [
        { expr: `sum by (instance) (process_resident_memory_bytes{${of}})`, legend: '{{instance}}' },
      ]),
      graph('Lag of the event loop', '99th percentile, by node.', 's', [
        { expr: `max by (instance) (nodejs_eventloop_lag_p99_seconds{${of}})`, legend: '{{instance}}' },
      ]),
      graph('Processes', 'That serve requests, and that died and were replaced.', 'short', [
        { expr: `sum by (instance) (wharf_processes{${of}})`, legend: 'running {{instance}}' },
        {
          expr: `sum by (instance) (increase(wharf_process_deaths_total{${of}}[$__rate_interval]))`,
          legend: 'died {{instance}}',
        },
      ]),
    ],
  },
];

/** The dashboard as JSON, for the import dialog of Grafana 10 and later. */
export function grafanaDashboard(): string {
  const panels: object[] = [];
  let y = 0;
  for (const row of rows) {
    panels.push({
      id: panels.length + 1,
      type: 'row',
      title: row.title,
      collapsed: false,
      gridPos: { x: 0, y, w: 24, h: 1 },
      panels: [],
    });
    y += 1;
    let x = 0;
    let height = 0;
    for (const panel of row.panels) {
      const h = panel.kind === 'stat' ? statHeight : panelHeight;
      if (x + panel.width > 24) {
        x = 0;
        y += height;
        height = 0;
      }
      panels.push(panelJson(panel, panels.length + 1, { x, y, w: panel.width, h }));
      x += panel.width;
      height = Math.max(height, h);
    }
    y += height;
  }
  const dashboard = {
    __inputs: [
      {
        name: 'DS_PROMETHEUS',
        label: 'Prometheus',
        type: 'datasource',
        pluginId: 'prometheus',
        pluginName: 'Prometheus',
      },
    ],
    uid: 'wharf-registry',
    title: 'Wharf',
    tags: ['wharf', 'registry'],
    schemaVersion: 39,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    templating: {
      list: [
        {
          name: 'datasource',
          label: 'Data source',
          type: 'datasource',
          query: 'prometheus',
          current: {},
          hide: 0,
        },
        variable('job', 'Job', 'label_values(wharf_build_info, job)', false),
        variable('node', 'Node', 'label_values(wharf_build_info{job="$job"}, instance)', true),
        {
          name: 'prefix',
          label: 'PROMETHEUS_NAMESPACE',
          type: 'textbox',
          query: 'quay',
          current: { text: 'quay', value: 'quay' },
          hide: 0,
        },
      ],
    },
    panels,
  };
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}

function variable(name: string, label: string, query: string, many: boolean): object {
  return {
    name,
    label,
    type: 'query',
    datasource: { type: 'prometheus', uid: '$datasource' },
    query: { query, refId: name },
    refresh: 2,
    sort: 1,
    multi: many,
    includeAll: many,
    ...(many ? { allValue: '.*', current: { text: 'All', value: '$__all' } } : { current: {} }),
  };
}

function panelJson(
  panel: Panel,
  id: number,
  gridPos: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>,
): object {
  const datasource = { type: 'prometheus', uid: '$datasource' };
  return {
    id,
    type: panel.kind,
    title: panel.title,
    description: panel.description,
    datasource,
    gridPos,
    fieldConfig: {
      defaults: { unit: panel.unit, ...(panel.kind === 'stat' ? {} : { min: 0 }) },
      overrides: [],
    },
    options:
      panel.kind === 'stat'
        ? {
            reduceOptions: { calcs: ['lastNotNull'] },
            colorMode: 'none',
            graphMode: 'area',
            textMode: panel.queries[0]?.legend ? 'value_and_name' : 'value',
          }
        : { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } },
    targets: panel.queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode(65 + index),
      datasource,
      expr,
      legendFormat: legend || '__auto',
    })),
  };
}
