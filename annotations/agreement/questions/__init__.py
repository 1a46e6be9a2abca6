"""Questions about a value: is it better than another, how many documents does it need, who moves it?"""
