export { WaitingItem } from './waiting_item.tsx';
