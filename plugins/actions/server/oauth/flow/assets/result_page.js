// Removes the code from the history, notifies the opener, and closes the window after a success. A
// window that no script opened cannot be closed: it continues with the next page.
history.replaceState(null, '', location.pathname);

const { broadcast, autoClose, next } = document.body.dataset;

document.querySelector('h1').focus();

if (broadcast !== undefined) {
  try {
    const channel = new BroadcastChannel('oauth_flow_completed');
    channel.postMessage(JSON.parse(broadcast));
    channel.close();
  } catch {
    // The opener reads the status from the server instead.
  }
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
