// Removes the code from the history, notifies the opener, and closes the window after a success. A
// window that no script opened cannot be closed: it continues with the next page.
history.replaceState(null, '', location.pathname);

const { broadcast, unknownState, autoClose, next } = document.body.dataset;

// Without a known state, only this window knows its attempt: the page that opened the window stored
// the attempt in its session storage.
function messageOfUnknown() {
  const attempt = sessionStorage.getItem('latchkey:window_attempt');
  if (unknownState === undefined || attempt === null) return undefined;
  return { ...JSON.parse(attempt), status: 'error', statusCode: 400, unknownState };
}

try {
  const message = broadcast === undefined ? messageOfUnknown() : JSON.parse(broadcast);
  sessionStorage.removeItem('latchkey:window_attempt');
  if (message !== undefined) {
    const channel = new BroadcastChannel('oauth_flow_completed');
    channel.postMessage(message);
    channel.close();
  }
} catch {
  // The opener reads the status from the server instead.
}

if (autoClose === 'true') {
  setTimeout(() => {
    window.close();
    // A browser closes only windows that a script opened.
    setTimeout(() => {
      if (next !== undefined) {
        location.replace(next);
        return;
      }
      document.getElementById('closing').hidden = true;
      document.getElementById('close-by-hand').hidden = false;
    }, 100);
  }, 3000);
}
