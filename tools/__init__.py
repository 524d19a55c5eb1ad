"""What measures and photographs the running app; run by script/bench and script/screenshots."""
