/** The attribute that carries the signed text, as the reference names it (behaviours O2, K2). */
export const CLOUDEVENT_ATTRIBUTE = 'agt.audit.meta.cloudevent';

/** The CloudEvents type of a record without an event name. */
export const LOG_TYPE = 'dev.countersign.log.v1';
