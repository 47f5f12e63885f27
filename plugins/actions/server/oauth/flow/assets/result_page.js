// Takes the code out of the history, tells the opener, and closes the window of a success after three seconds.
history.replaceState(null, '', location.pathname);

const { broadcast, autoClose } = document.body.dataset;

if (broadcast !== undefined) {
  try {
    const channel = new BroadcastChannel('oauth_flow_completed');
    channel.postMessage(JSON.parse(broadcast));
    channel.close();
  } catch {
    // The opener finds out by asking the server.
  }
}

if (autoClose === 'true') {
  setTimeout(() => {
    window.close();
    // Still here: the browser closes only windows that a script opened.
    setTimeout(() => {
      document.getElementById('closing').hidden = true;
      document.getElementById('close-by-hand').hidden = false;
    }, 100);
  }, 3000);
}
