// Removes the code from the history, notifies the opener, and closes the window after a success.
history.replaceState(null, '', location.pathname);

const { broadcast, autoClose } = document.body.dataset;

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
      document.getElementById('closing').hidden = true;
      document.getElementById('close-by-hand').hidden = false;
    }, 100);
  }, 3000);
}
