export { microsoftTeams } from './microsoft_teams.ts';
