/**
 * The version of Kibana whose API this server keeps. Clients (Terraform, generated ones) decide by it which requests they
 * may send, so it changes only together with the contract; the version of this server is another one.
 */
export const CONTRACT_VERSION = '9.4.0';
