export { jiraCloud } from './jira_cloud.ts';
