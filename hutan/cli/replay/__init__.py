"""Playing a real history through the services, and holding the outcome against its file.

``reading`` (the file, with what is wrong in it) -> ``course`` (what happens in which year, pure) ->
``steps`` (acts with derived ids and past moments) -> ``playing`` (one after the other, resumable)
-> ``comparing`` (what the services now say, against the file) -> ``report``.
"""
