/**
 * Version of Kibana whose API this server implements. Clients such as Terraform use it to decide
 * which requests they may send, so it changes only together with the API. The version of this
 * server is another number.
 */
export const CONTRACT_VERSION = '9.4.0';
