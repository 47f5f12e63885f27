export { ChooseSite, type ChooseSiteProps, SiteChoice } from './choose_site.tsx';
