@echo off
rem Runs bbans from the packaged distribution.
rem
rem   BBANS_JAVA        the java to run (default: the one in "runtime" beside this file, if there is one, then the one in
rem                     JAVA_HOME, then java on the PATH); 17 or newer
rem   BBANS_JAVA_OPTS   further options for it, for example -Xmx8g
rem
rem There is no cache for a sooner start, as the other launcher has, and Java's remark on the incubator module stays.
rem Variables have a prefix, for Java gets them; no path stands in parentheses, for it may hold some.
setlocal
set "bbans_home=%~dp0"
set "bbans_run=java"
if defined JAVA_HOME set "bbans_run=%JAVA_HOME:"=%\bin\java.exe"
if exist "%bbans_home%runtime\bin\java.exe" set "bbans_run=%bbans_home%runtime\bin\java.exe"
if defined BBANS_JAVA set "bbans_run=%BBANS_JAVA:"=%"
if not exist "%bbans_home%lib\*.jar" echo bbans: "%bbans_home%": no distribution; unpack the one that 'mvn package' makes 1>&2
if not exist "%bbans_home%lib\*.jar" exit /b 1
set "bbans_modules=--add-modules=jdk.incubator.vector"
set "bbans_jars=%bbans_home%lib\*"
if "%~1"=="info" set "bbans_modules=-XX:TieredStopAtLevel=1"
if "%~1"=="list" set "bbans_modules=-XX:TieredStopAtLevel=1"
if "%~1"=="models" set "bbans_modules=-XX:TieredStopAtLevel=1"
if "%~1"=="train" set "bbans_jars=%bbans_home%lib\*;%bbans_home%lib-extra\*"
if "%~1"=="bench" set "bbans_jars=%bbans_home%lib\*;%bbans_home%lib-extra\*"
if "%~1"=="compress" echo %* | findstr /C:"--train" >nul && set "bbans_jars=%bbans_home%lib\*;%bbans_home%lib-extra\*"
"%bbans_run%" -XX:+UseSerialGC -XX:MaxRAMPercentage=60 -Dsun.stdout.encoding=UTF-8 %bbans_modules% ^
    %BBANS_JAVA_OPTS% -cp "%bbans_jars%" org.bbans.cli.Main %*
exit /b %ERRORLEVEL%
