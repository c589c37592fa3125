/**
 * What the mesh does not export itself: the metrics of Prometheus, exporters and engines that rules and dashboards use, with
 * their labels. Taken from the programs' own pages: node_exporter 1.5, postgres_exporter 0.11 (the replica's lag: 0.15),
 * redis_exporter 1.45, nginx exporter 0.11, RabbitMQ 3.10, Alertmanager 0.25.
 */
export const infrastructure: Record<string, readonly string[]> = {
  ALERTS: ['alertname', 'alertstate', 'severity'],
  up: [],
  prometheus_config_last_reload_successful: [],
  alertmanager_config_last_reload_successful: [],
  alertmanager_notifications_failed_total: ['integration'],
  nginx_up: [],
  node_filesystem_avail_bytes: ['device', 'fstype', 'mountpoint'],
  node_filesystem_size_bytes: ['device', 'fstype', 'mountpoint'],
  node_memory_MemAvailable_bytes: [],
  node_memory_MemTotal_bytes: [],
  pg_up: [],
  pg_replication_lag_seconds: [],
  pg_settings_max_connections: [],
  pg_stat_activity_max_tx_duration: ['datname', 'state'],
  pg_stat_database_deadlocks: ['datname'],
  pg_stat_database_numbackends: ['datname'],
  redis_up: [],
  redis_evicted_keys_total: [],
  redis_memory_max_bytes: [],
  redis_memory_used_bytes: [],
  rabbitmq_alarms_free_disk_space_watermark: [],
  rabbitmq_alarms_memory_used_watermark: [],
  rabbitmq_detailed_queue_consumers: ['vhost', 'queue'],
  rabbitmq_detailed_queue_messages: ['vhost', 'queue'],
}

/** Exported, but without a series until something happens that a test cannot wait for: a day's anchors, a night's learning. */
export const seldom: Record<string, readonly string[]> = {
  consensus_anchor_turns_total: ['status'],
  consensus_reliability_disagreement: ['model', 'domain', 'sandbox'],
}

/** Given by Prometheus to all that it scrapes. */
export const targetLabels = ['job', 'instance']
