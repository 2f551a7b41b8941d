%% What RabbitMQ makes of its configuration, without a broker: its own reading of the files (cuttlefish, schemas, the
%% advanced file over them), and a listener with the options of TLS that come of it.
%% Usage: erl -s rabbit_side main -extra PLUGINS ADVANCED|- PORT CONF...
%% Writes the options to standard output, or "refused"; with PORT 0 it ends then, else it listens there.
-module(rabbit_side).
-export([main/0]).

main() ->
  [Plugins, Advanced, Port | Confs] = init:get_plain_arguments(),
  logger:set_primary_config(level, none),
  Context = #{plugins_path => Plugins, os_type => {unix, linux}},
  Over = case Advanced of "-" -> undefined; _ -> Advanced end,
  case catch rabbit_prelaunch_conf:generate_config_from_cuttlefish_files(Context, Confs, Over) of
    Config when is_list(Config) -> use(list_to_integer(Port), proplists:get_value(rabbit, Config, []));
    _ -> io:format("refused~n"), halt(0)
  end.

use(Port, Rabbit) ->
  Options = fix(proplists:get_value(ssl_options, Rabbit, [])),
  io:format("listeners ~0p clear ~0p~n", [proplists:get_value(ssl_listeners, Rabbit), proplists:get_value(tcp_listeners, Rabbit)]),
  [io:format("~s ~0p~n", [K, V]) || {K, V} <- Options],
  case Port of
    0 -> halt(0);
    _ -> listen(Port, Options)
  end.

%% As the broker does before it listens: all versions that there are, when none are set.
fix(Options) ->
  application:load(rabbit),
  ssl:start(),
  case catch rabbit_ssl_options:fix(Options) of
    Fixed when is_list(Fixed) -> Fixed;
    _ -> rabbit_networking:fix_ssl_options(Options)
  end.

listen(Port, Options) ->
  case ssl:listen(Port, [{reuseaddr, true}, {ip, {127, 0, 0, 1}} | Options]) of
    {ok, Socket} -> accept(Socket);
    Error -> io:format("refused ~0p~n", [Error]), halt(0)
  end.

accept(Socket) ->
  {ok, Client} = ssl:transport_accept(Socket),
  Pid = spawn(fun() -> receive go -> serve(Client) end end),
  ssl:controlling_process(Client, Pid),
  Pid ! go,
  accept(Socket).

serve(Client) ->
  case ssl:handshake(Client, 10000) of
    {ok, Connection} -> ssl:send(Connection, "AMQP\n"), timer:sleep(50), ssl:close(Connection);
    _ -> ok
  end.
