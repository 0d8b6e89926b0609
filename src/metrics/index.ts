/**
 * Metrics of virtual services and directors, and their text for Prometheus.
 *
 * @packageDocumentation
 */
export * from './metric-family.js';
export * from './backend-metrics.js';
export * from './director-metrics.js';
export * from './service-metrics.js';
