/**
 * Virtual services: what names them, their settings, persistence, and the table that finds them.
 *
 * @packageDocumentation
 */
export * from './persistence-settings.js';
export * from './scheduler-registry.js';
export * from './service-key.js';
export * from './service-table.js';
export * from './service.js';
